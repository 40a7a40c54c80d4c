"""The trusted core (standard library only). Read term, evaluate, derive, polynomial, normal, goal, verdict, in this order."""
