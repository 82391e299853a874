"""student-teacher: networks that learn from another method's best masks."""

from selfbench.methods.student_teacher.method import StudentTeacher

__all__ = ["StudentTeacher"]
