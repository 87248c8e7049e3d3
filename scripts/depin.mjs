/** `npm run -s depin -- ARGS`: the command line of this checkout, set up and built first if need be. */
import './setup/require-node.mjs'
import { handOver } from './setup/hand-over.mjs'
import { setUpOrExit } from './setup/setup.mjs'

const node = await setUpOrExit({ build: true })
await handOver(node, 'dist/cli/depin.mjs', process.argv.slice(2))
