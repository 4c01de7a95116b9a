// Their ids, and what the field of each rests on, as lists of one length.
RETURN collect(p.id) AS people, collect(said) AS said, collect(led) AS led, collect(shared) AS shared,
  collect(topic) AS topic
