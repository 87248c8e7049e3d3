/** `node debian-setup-main.ts ROOT DATA_DIR`: follows the recipe there, until it is done or killed. */
import { DebianRoot } from './debian-root.ts'
import { setupIn } from './debian-setup.ts'

const [path = '', dataDir = ''] = process.argv.slice(2)
const setup = setupIn(DebianRoot.at(path), dataDir)
const plan = await setup.plan(null)
if (plan.kind !== 'install') throw new Error(`nothing to install: ${plan.kind}`)
for await (const _ of setup.setup(plan.planId));
