import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import type { Target } from '../page/target.ts'

/** Only what moves: what the history holds can be asked of Chromium later than Electron answers. */
export class NavigationHistoryDouble implements Some<Electron.NavigationHistory> {
  private readonly target: Target

  constructor(target: Target) {
    this.target = target
  }

  goBack(): void { void this.go(-1) }
  goForward(): void { void this.go(1) }
  clear(): void { void this.target.send('Page.resetNavigationHistory').catch(() => undefined) }

  private async go(offset: number): Promise<void> {
    await this.target.attached
    const { currentIndex, entries } = await this.target.send('Page.getNavigationHistory')
    const entry = entries[currentIndex + offset]
    if (entry !== undefined) await this.target.send('Page.navigateToHistoryEntry', { entryId: entry.id })
  }
}

export function createNavigationHistory(target: Target): Electron.NavigationHistory {
  return whole(new NavigationHistoryDouble(target))
}
