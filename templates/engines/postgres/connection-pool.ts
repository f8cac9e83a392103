import { Pool, type PoolLimits } from "../../runtime/connection-pool.ts";
import type { Connector } from "./connector.ts";
import { classify } from "./errors.ts";
import { PgConnection } from "./pg-connection.ts";
import type { Connection, ConnectionSource } from "./wire.ts";

/** The pool as lanes and transactions see it. */
export class ConnectionPool extends Pool<PgConnection> implements ConnectionSource {
  constructor(connect: Connector, limits: PoolLimits, onError: (error: unknown) => void) {
    super({ connect, classify, limits, onError });
  }

  override release(lent: Connection): void {
    if (lent instanceof PgConnection) super.release(lent);
  }
}
