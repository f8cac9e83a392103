#!/usr/bin/env node
// CommonJS and old syntax on purpose: an outdated Node must reach the message below instead of a SyntaxError.
"use strict";
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 18)) {
  process.stderr.write(
    "async-db-starter needs Node 22.18 or newer; this is " + process.version + ".\n",
  );
  process.exitCode = 3;
} else if (process.argv.length === 3 && /^(--version|-V)$/.test(process.argv[2])) {
  process.stdout.write(require("../package.json").version + "\n");
} else {
  var command = process.argv[2];
  // Both end within seconds: what V8's last compiler would make of their code comes too late to pay for itself (a sixth of their time).
  if (command === "generate" || command === "check")
    require("node:v8").setFlagsFromString("--no-opt");
  // The young generation of V8 begins at 1 MB, which a thousand entities fill nine hundred times; generate holds it where this puts it.
  if (command === "generate") require("node:v8").setFlagsFromString("--semi-space-growth-factor=8");
  import("./main.mjs").then(function (main) {
    return main.run();
  });
}
