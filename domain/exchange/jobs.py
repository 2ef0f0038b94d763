"""What the command line may bring in and take out: the school's own lists, and never a student's words or an alert."""

from domain.access.grants import Jobs, every

IMPORT, EXPORT = "file import", "file export"
PEOPLE = ("users", "families", "addresses")
TEACHING = ("course_types", "levels", "modules", "lessons", "prompts", "badges")
SCHOOL = ("rooms", "terms", "classes", "schedules", "sessions", "attendance", "enrollments", "placements")
MONEY = ("products", "discounts", "invoices", "teacher_contracts", "chart_of_accounts", "cost_centers")
SALES = ("leads", "lead_interactions", "trials", "referrals")
TABLES = (*PEOPLE, *TEACHING, *SCHOOL, *MONEY, *SALES)

JOBS: Jobs = {IMPORT: dict.fromkeys(TABLES, every("CRU")), EXPORT: dict.fromkeys(TABLES, every("R"))}
