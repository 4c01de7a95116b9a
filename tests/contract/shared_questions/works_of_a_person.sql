SELECT DISTINCT w.id, w.title_ja, w.title_en, w.year FROM authored a JOIN work w ON w.id = a.work WHERE a.person = 'P01' ORDER BY w.year DESC NULLS LAST, w.id
