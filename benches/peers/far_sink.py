#!/usr/bin/env python3
"""An SMTP server that takes everything and is far away: each answer leaves so many milliseconds after what it answers.

far_sink.py MILLISECONDS prints its port and serves on 127.0.0.1 until its standard input is closed.
"""

import asyncio
import os
import sys
import threading


class Session(asyncio.Protocol):
    delay = 0.0

    def connection_made(self, transport):
        self.transport, self.buffer, self.in_data = transport, b"", False
        self.answer(b"220 far.example ESMTP")

    def answer(self, *lines):
        text = b"".join(line + b"\r\n" for line in lines)
        asyncio.get_running_loop().call_later(self.delay, self.transport.write, text)

    def data_received(self, data):
        self.buffer += data
        while True:
            if self.in_data:
                message, end, rest = self.buffer.partition(b"\r\n.\r\n")
                if not end:
                    return
                self.buffer, self.in_data = rest, False
                self.answer(b"250 2.0.0 Ok")
                continue
            line, end, rest = self.buffer.partition(b"\r\n")
            if not end:
                return
            self.buffer = rest
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.answer(b"250-far.example", b"250-PIPELINING", b"250-8BITMIME", b"250 SMTPUTF8")
            elif verb == b"DATA":
                self.in_data = True
                self.answer(b"354 Go ahead")
            elif verb == b"QUIT":
                self.answer(b"221 2.0.0 Bye")
            else:
                self.answer(b"250 2.0.0 Ok")


async def main():
    Session.delay = float(sys.argv[1]) / 1000
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_the_caller():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_the_caller, daemon=True).start()
asyncio.run(main())
