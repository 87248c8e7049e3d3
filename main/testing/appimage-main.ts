/** Puts an AppImage in place, as a process that can be killed at a step. Arguments: the app, the package, the step. */
import { createAppImageInstaller } from '../updates/appimage.ts'

const [, , appImage = '', path = '', killAt = ''] = process.argv
createAppImageInstaller({
  appImage, relaunch: () => undefined, onStep: (step) => { if (step === killAt) process.kill(process.pid, 'SIGKILL') },
}).install(path, '1.1.0')
