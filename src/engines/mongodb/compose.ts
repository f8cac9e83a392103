import type { ComposeService, GivenSetting } from "../engine.ts";

/** Sized for a machine that the development server shares. Source of the options: MongoDB manual, mongod. */
const settings: readonly GivenSetting[] = [
  {
    name: "replSet",
    value: "rs0",
    reason:
      "transactions, which operation ids, audit and bulk writes need, run on replica sets only; one member is enough here (MG-02)",
    production: "a set of three members on machines of their own",
    arguments: ["--replSet", "rs0"],
  },
  {
    name: "bind_ip_all",
    value: "true",
    reason:
      "what is published reaches the container from outside of it; the port is published on this machine only",
    production:
      "--bind_ip with the address of the private network, --auth and --tlsMode requireTLS",
    arguments: ["--bind_ip_all"],
  },
  {
    name: "wiredTigerCacheSizeGB",
    value: "0.5",
    reason: "by default its cache takes nearly half of the memory that it sees",
    production: "the default, on a machine of its own",
    arguments: ["--wiredTigerCacheSizeGB", "0.5"],
  },
  {
    name: "oplogSize",
    value: "1024",
    reason: "in MB; by default the log of the replica set takes a twentieth of the free disk",
    production: "the default, or what holds the writes of the longest outage of a member",
    arguments: ["--oplogSize", "1024"],
  },
  {
    name: "slowms",
    value: "250",
    reason:
      "an operation that takes longer shows in the log, which says when indexes are missing; with its values, so that the log is as personal as the data",
    arguments: ["--slowms", "250"],
  },
  {
    name: "noscripting",
    value: "true",
    reason:
      "nothing that is generated runs JavaScript in the server, so a filter that smuggles some in ($where, $function) is refused",
    arguments: ["--noscripting"],
  },
];

/** Makes the set on its first run; healthy once the member is its primary, so that what waits for it can write. */
const health = [
  "try { rs.status() }",
  "catch { rs.initiate({ _id: 'rs0', members: [{ _id: 0, host: '127.0.0.1:27017' }] }) }",
  "if (!db.hello().isWritablePrimary) quit(1)",
].join(" ");

/** A replica set of one. */
export const compose: ComposeService = {
  service: "mongodb",
  image: "mongo:8.2",
  port: 27_017,
  environment: {},
  command: ["mongod"],
  settings,
  healthcheck: ["CMD", "mongosh", "--quiet", "--eval", health],
  data: "/data/db",
};
