SELECT scheme, value FROM identifier WHERE subject = 'P24' AND relation = 'self' ORDER BY scheme, value
