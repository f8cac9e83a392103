/** A login that owns the tables it makes, and is neither a superuser nor past the policies: what the reference recommends for migrations. */
import type pg from "pg";
import { connected } from "../../unit/postgres/schema-lab.ts";
import { isMissing, type Missing, type Server } from "../servers.ts";

/** @property all sees every row; @property project under which the owner's project has its own application role */
export type AsOwner = (
  work: (owner: pg.Client, all: pg.Client, project: string) => Promise<void>,
) => Promise<void>;

export const plainOwner =
  (server: Server | Missing): AsOwner =>
  async (work) => {
    if (isMissing(server)) return;
    const space = await server.namespace();
    const name = `owner_${space.name.replaceAll(/[^a-z0-9]/g, "").slice(-20)}`;
    const all = await connected(space.dsn);
    try {
      await all.query(
        `create role ${name} login createrole password 'x'; grant create, usage on schema public to ${name}`,
      );
      const url = new URL(space.dsn);
      Object.assign(url, { username: name, password: "x" });
      const owner = await connected(url.href);
      try {
        await work(owner, all, name);
      } finally {
        await owner.end();
      }
    } finally {
      await all.query(`drop owned by ${name} cascade; drop role ${name}`);
      await all.query(`drop role if exists ${name}_app`);
      await all.end();
      await space.drop();
    }
  };
