"""What must hold when everything goes wrong at once: many clients, bad lines, killed servers.

``python -m bench torture-till`` and ``torture-door`` drive the real production server over HTTP
on both databases, kill it while it works, and compare what the clients were told with what the
database holds. Nothing is looked at inside the server: only answers and books count.
"""
