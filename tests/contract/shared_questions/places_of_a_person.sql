SELECT organization, title, last_seen FROM affiliated_with WHERE person = 'P01' ORDER BY current DESC, last_seen DESC
