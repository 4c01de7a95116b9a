SELECT new FROM redirect WHERE old = 'P99'
