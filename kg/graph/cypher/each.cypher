// Each once.
WITH DISTINCT p
