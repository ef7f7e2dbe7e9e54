"""Reports: bulletins, a province's report and its action list, points at risk, the weekly digest."""
