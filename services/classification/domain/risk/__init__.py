"""Where more happens than chance explains (风险预警).

For each category and area, at each level of the grid, the incidents of the last days are held
against what is usual there. What is usual is the district's pace of these very days, so that
weekends, seasons, rain and campaigns lift nothing, times the area's share, shrunk towards its
parent's: a gamma-Poisson model (empirical Bayes, as in Clayton and Kaldor, Biometrics 1987).
How improbable a count is follows from the negative binomial tail, given that there was any
incident at all; the best of several windows counts, as in the space-time scan statistic of
Kulldorff (J. R. Statist. Soc. A 2001), with the grid tree for its zones. It is told as a
recurrence interval (Kleinman et al., Am. J. Epidemiol. 2004): how many days lie between two
findings at least as rare, anywhere in the district, by chance. The model's tail is corrected
by the district's own: by how often ordinary days reach a moderate score.

Only what has news is looked at. Days are local days, as proleptic ordinals where they are numbers.
"""
