// Runs before every npm script of this repository: with --ignore-scripts the pinned Node of devDependencies is missing, and the
// scripts would silently run on whatever Node the machine has.
"use strict";
var found = process.versions.node.split(".").map(Number);
if (found[0] < 22 || (found[0] === 22 && found[1] < 18)) {
  console.error(
    "async-db-starter needs Node 22.18 or newer to work on; this is " +
      process.version +
      ". Run `npm ci` without --ignore-scripts: it installs the pinned Node as a package.",
  );
  process.exit(3);
}
