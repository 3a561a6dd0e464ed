"""What a language model may add, where one is configured: a written answer, a translation, a follow-up rewritten.

All of it is off unless it is asked for, none of it replaces what the documents say, and code checks what comes.
"""
