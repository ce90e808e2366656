"""The chapters at full scale: one folder a chapter, run by `qmlcourse reproduce` and `train`."""
