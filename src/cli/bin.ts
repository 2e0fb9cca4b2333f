#!/usr/bin/env node
// Runs on any Node that knows ES modules: nothing of ours may be imported before the version is
// known, because older versions cannot even read it. So the number stands here; a test holds it
// equal to the one in package.json.
const NEEDED = 24
const found = process.versions.node

if (Number.parseInt(found, 10) < NEEDED) {
  process.stderr.write(
    `setpoint needs Node ${NEEDED} or newer, and this is Node ${found}: install it from https://nodejs.org, or run setpoint through npx or an npm script of a project that has the npm package "node@${NEEDED}"\n`,
  )
  process.exitCode = 2
} else if (process.argv[2] === '__complete') {
  // What a shell asks at each press of a key is answered without loading the rest.
  void import('./completion/complete.ts').then(({ complete }) => complete(process.argv.slice(3)))
} else {
  void import('./process.ts').then(({ runProcess }) => runProcess())
}

export {}
