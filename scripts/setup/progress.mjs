/**
 * Says what set-up is doing: on a terminal one live line a step, elsewhere a line at the start and the end of each and
 * now and then between. Writes nothing at all until there is something to do.
 *
 * @typedef {{ update(text: string): void }} Step
 * @typedef {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} Sink
 */

const redrawMs = 100
/** Between two plain lines of a step that takes long. */
const quietMs = 10_000

/**
 * @param {Sink} sink
 * @param {string} heading said before the first step
 * @param {() => number} nowMs
 */
export function createProgress(sink, heading, nowMs = () => performance.now()) {
  const live = sink.isTTY === true
  let isFirst = true

  /** @param {string} text */
  const redraw = (text) => void sink.write(`\r\x1b[2K${clip(text, (sink.columns || 80) - 1)}`)
  /** @param {string} text */
  const line = (text) => void sink.write(live ? `\r\x1b[2K${text}\n` : `${text}\n`)

  return {
    /**
     * Runs one step and says how long it took. `work` tells its state by `update`, and resolves with what to say at the end.
     * @template T
     * @param {string} title
     * @param {(step: Step) => Promise<{ said: string, value: T }>} work
     * @returns {Promise<T>}
     */
    async step(title, work) {
      if (isFirst) line(heading)
      isFirst = false
      const startedMs = nowMs()
      const elapsed = () => formatSeconds(nowMs() - startedMs)
      let state = ''
      const show = () => (live ? redraw : line)(`· ${title}: ${state === '' ? '' : `${state}, `}${elapsed()}`)
      if (live) show()
      else line(`· ${title}`)
      const ticker = setInterval(show, live ? redrawMs : quietMs)
      try {
        const { said, value } = await work({ update: (text) => void (state = text) })
        line(`✓ ${title}: ${said} (${elapsed()})`)
        return value
      } catch (error) {
        line(`✗ ${title} (${elapsed()})`)
        throw error
      } finally {
        clearInterval(ticker)
      }
    },
  }
}

/** @typedef {ReturnType<typeof createProgress>} Progress */

/** @param {number} ms */
export function formatSeconds(ms) {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`
}

/**
 * @param {string} text
 * @param {number} width
 */
function clip(text, width) {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
