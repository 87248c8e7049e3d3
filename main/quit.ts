/**
 * How the app ends: the service is asked to stop in order, and given time. Guests go on: they belong to the engine.
 *
 *     quit() ──will-quit──► held, service drains ──stopped, or out of time──► quit() again ──► over
 */
import { app, autoUpdater, dialog, powerMonitor, type BrowserWindow } from 'electron'
import type { Format } from '../renderer/format/format.ts'
import type { Log } from './base/log.ts'
import type { ServiceClient } from './service/client.ts'
import type { Supervisor } from './service/supervisor.ts'

/** Nothing durable is lost when it takes longer: then it is as if the power had gone. */
const drainDeadlineMs = 10_000
/** A system that shuts down kills what takes longer. */
const sessionEndDeadlineMs = 3_000

export interface QuitDeps {
  supervisor: Supervisor
  client: ServiceClient
  log: Log
  words: () => Format
  window: () => BrowserWindow | null
  /** Before the windows go: closing closes from now on. */
  onQuitting: () => void
}

export interface Quit {
  /** Asks first when guests run. */
  request(): void
  /** The user's session ends: nobody is asked, and little time is left. */
  atOnce(): void
}

export function handleQuit({ supervisor, client, log, words, window, onQuitting }: QuitDeps): Quit {
  let isDrained = false
  let isAsking = false
  let deadlineMs = drainDeadlineMs

  app.on('before-quit', onQuitting)
  // an update on macOS closes the windows before that
  autoUpdater.on('before-quit-for-update', onQuitting)
  app.on('will-quit', (event) => {
    if (isDrained) return
    event.preventDefault()
    void supervisor.stop(deadlineMs).then(() => {
      isDrained = true
      log('quit in order')
      app.quit()
    })
  })
  // Linux and macOS wait a moment for who asks them to; Electron's types leave the event out
  const onShutdown = (event: { preventDefault: () => void }): void => {
    event.preventDefault()
    atOnce()
  }
  powerMonitor.on('shutdown', onShutdown as () => void)

  function atOnce(): void {
    log('the session ends')
    deadlineMs = sessionEndDeadlineMs
    onQuitting()
    app.quit()
  }

  async function ask(): Promise<boolean> {
    const guests = client.known().node?.guests ?? 0
    const isOurs = supervisor.state.kind === 'running'
    if (guests === 0 || !isOurs) return true
    const f = words()
    const question = {
      type: 'question', title: f.t('app.name'), message: f.t('quit.title'), detail: f.t('quit.text', { guests }),
      buttons: [f.t('quit.stay'), f.t('quit.now')], defaultId: 0, cancelId: 0, noLink: true,
    } as const
    const parent = window()
    const asked = { ...question, buttons: [...question.buttons] }
    const { response } = await (parent?.isVisible() === true ? dialog.showMessageBox(parent, asked) : dialog.showMessageBox(asked))
    return response === 1
  }

  return {
    request() {
      if (isAsking) return
      isAsking = true
      void ask().then((isMeant) => { if (isMeant) app.quit() }).finally(() => { isAsking = false })
    },
    atOnce,
  }
}
