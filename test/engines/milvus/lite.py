"""
The small build with the keepalive rule of Milvus itself (a ping every five seconds, without a call too: its proxy's enforcement policy); its
own, gRPC's default of one in five minutes, drops the connections of any client that has the drivers' ten seconds.
"""

import sys

import grpc
from milvus_lite.cmdline import main

rule = [
    ("grpc.http2.min_ping_interval_without_data_ms", 5000),
    ("grpc.keepalive_permit_without_calls", 1),
]
server = grpc.server


def with_rule(*given, options=(), **named):
    return server(*given, options=[*options, *rule], **named)


grpc.server = with_rule
sys.exit(main())
