/** Exit statuses of every command; part of the interface, never renumbered. */
export const exitCode = {
  /** Done. */
  ok: 0,
  /** A finding: drift, a conflict with a hand-changed file, a changed decision. */
  finding: 1,
  /** Wrong input: the spec or the arguments. */
  input: 2,
  /** The environment: a server, a permission, the disk, the Node version. */
  environment: 3,
  /** Our bug. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
