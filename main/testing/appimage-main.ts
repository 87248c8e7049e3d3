/** Puts an AppImage in place, as a process that can be killed at a step. Arguments: the app, the package, the step. */
import { statSync } from 'node:fs'
import { sha512Of } from '../../release/index.ts'
import { createAppImageInstaller } from '../updates/appimage.ts'

const [, , appImage = '', path = '', killAt = ''] = process.argv
const installer = createAppImageInstaller({
  appImage, relaunch: () => undefined, onStep: (step) => { if (step === killAt) process.kill(process.pid, 'SIGKILL') },
})
await installer.prepare(path, { bytes: statSync(path).size, sha512: await sha512Of(path) }, new AbortController().signal)
installer.install()
