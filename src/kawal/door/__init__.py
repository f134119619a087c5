"""The machines' door: signed events come in here, beside Django in the same process.

app       addresses, bodies, answers (ASGI)
checks    format, signature, device: what may enter the log
beside    checking many at once, in processes of their own
intake    threads that check and write; an acknowledgement means it is on the disk
writing   one batch into the log, whatever happens to it
desk      what the door asks of the desk
"""
