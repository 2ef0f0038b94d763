"""What stands at an address that isn't in the actor's menu."""

from pages._shell.guard import not_yours

not_yours()
