import type { Check } from '../types.ts'

export const checkEngine: Check = ({ engine }) => {
  switch (engine.state) {
    case 'ready':
      return { id: 'engine', status: 'ok', message: `The engine is running: ${engine.kind} ${engine.version} at ${engine.socket}.`, fix: null }
    case 'looking':
      return { id: 'engine', status: 'warn', message: 'Still looking for a container engine.', fix: 'Try again in a few seconds.' }
    case 'stopped':
      return { id: 'engine', status: 'fail', message: `The engine at ${engine.socket} does not answer: ${engine.message}`, fix: 'Start it, or restart it; Depin comes back by itself.' }
    case 'missing':
      return { id: 'engine', status: 'warn', message: 'There is no container engine: this computer cannot host guest apps. Running your own apps elsewhere works.', fix: engine.install }
  }
}
