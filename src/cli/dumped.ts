/** Ends the run after the stage that `--dump` names. */
export class Dumped extends Error {
  readonly value: unknown;

  constructor(value: unknown) {
    super("dumped");
    this.value = value;
  }
}
