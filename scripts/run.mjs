/** `node scripts/run.mjs FILE ARGS`: runs a TypeScript file of this checkout under Node 24, with the packages installed first if need be. */
import './setup/require-node.mjs'
import { handOver } from './setup/hand-over.mjs'
import { setUpOrExit } from './setup/setup.mjs'

const [script, ...args] = process.argv.slice(2)
if (script === undefined) throw new Error('Which file? node scripts/run.mjs FILE ARGS')
const node = await setUpOrExit({ build: false })
await handOver(node, script, args)
