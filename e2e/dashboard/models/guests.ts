import type { Locator } from '@playwright/test'
import { Dashboard } from './dashboard.ts'

export class GuestsScreen extends Dashboard {
  guest(app: string): Locator {
    return this.main.getByRole('row').filter({ hasText: app })
  }

  get ended(): Locator {
    return this.main.getByRole('radio', { name: /Ended/ })
  }

  get title(): Locator {
    return this.main.getByRole('heading', { level: 1 })
  }

  get end(): Locator {
    return this.main.getByRole('button', { name: 'End this guest' })
  }

  get question(): Locator {
    return this.page.getByRole('alertdialog', { name: 'End this guest?' })
  }

  tab(name: 'Log' | 'Limits' | 'Payments'): Locator {
    return this.main.getByRole('tab', { name })
  }

  get panel(): Locator {
    return this.main.getByRole('tabpanel')
  }
}
