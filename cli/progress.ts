import type { Context } from './context.ts'
import { plain } from './output/text.ts'

/** Tells people what is being waited for: on a terminal in one line that changes, elsewhere in a line per stage. */
export interface Progress {
  /** `stage` is the same while only figures in `text` change. */
  show(stage: string, text: string): void
  end(): void
}

export function createProgress({ io, note }: Pick<Context, 'io' | 'note'>): Progress {
  let shown: string | undefined
  return {
    show(stage, text) {
      if (io.hasLiveProgress) note(`\r\u001b[K${plain(text)}`)
      else if (stage !== shown) note(`${plain(text)}\n`)
      shown = stage
    },
    end() {
      if (io.hasLiveProgress && shown !== undefined) note('\r\u001b[K')
      shown = undefined
    },
  }
}
