"""Who is on duty (班表): people, shifts, swaps, leave, and what is left without anybody."""
