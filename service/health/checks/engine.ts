import type { Check, HealthFacts } from '../types.ts'

export const checkEngine: Check = ({ engine }) => {
  switch (engine.state) {
    case 'ready':
      if (engine.containment === 'broken') return { id: 'engine', status: 'fail', cause: { code: 'engine-leaks', leaks: engine.leaks ?? [] }, message: `Guests could reach what they may not, so none are taken: ${(engine.leaks ?? []).join('; ')}.`, fix: 'Look at all of it with “depin doctor --attack”; update the engine, or use another.' }
      if (engine.doubts !== undefined) return { id: 'engine', status: 'warn', cause: { code: 'engine-doubts', doubts: engine.doubts }, message: `The engine is running: ${engine.kind} ${engine.version} at ${engine.socket}. ${engine.doubts.join(' ')}`, fix: 'Keep your system up to date; its makers repair old versions in place.' }
      return { id: 'engine', status: 'ok', cause: null, message: `The engine is running: ${engine.kind} ${engine.version} at ${engine.socket}.${diskWords(engine.disk)}`, fix: null }
    case 'looking':
      return { id: 'engine', status: 'warn', cause: { code: 'engine-looking' }, message: 'Still looking for a container engine.', fix: 'Try again in a few seconds.' }
    case 'stopped':
      return { id: 'engine', status: 'fail', cause: { code: engine.hung ? 'engine-hung' : 'engine-stopped' }, message: engine.message, fix: `${engine.hung ? 'Restart it: “depin engine restart”' : 'Start it: “depin engine start”'}. Everything goes on by itself once it answers.` }
    case 'forbidden':
      return { id: 'engine', status: 'fail', cause: { code: 'engine-forbidden' }, message: `${engine.message} Guest apps cannot run until it may. Running your own apps elsewhere works.`, fix: engine.fix }
    case 'unsafe':
      return { id: 'engine', status: 'fail', cause: { code: 'engine-unsafe', cves: engine.cves, update: engine.update }, message: `${engine.message} Sharing is off until it is updated. Running your own apps elsewhere works.`, fix: engine.update }
    case 'missing':
      return { id: 'engine', status: 'warn', cause: { code: 'engine-missing' }, message: 'There is no container engine: this computer cannot host guest apps. Running your own apps elsewhere works.', fix: `Get one with “depin engine install”, or yourself: ${engine.install}` }
  }
}

/** How guests are kept to their disk, where that was tried out. */
function diskWords(disk: Extract<HealthFacts['engine'], { state: 'ready' }>['disk']): string {
  if (disk === undefined) return ''
  return disk.means === 'measured' ? ` Guests’ disks are measured: ${disk.why ?? ''}` : ' Guests’ disks have a hard limit.'
}
