import { expect, type Locator, type Page } from '@playwright/test'

/** What stands around every screen. */
export class Dashboard {
  readonly page: Page
  readonly nav: Locator
  readonly main: Locator
  /** In the sidebar, on every screen. */
  readonly sharingBar: Locator
  readonly staleNote: Locator
  readonly notices: Locator

  constructor(page: Page) {
    this.page = page
    this.nav = page.getByRole('navigation', { name: 'Main' })
    this.main = page.getByRole('main')
    this.sharingBar = page.getByRole('region', { name: 'Sharing', exact: true })
    this.staleNote = this.main.getByRole('status').filter({ hasText: 'Can’t reach' })
    this.notices = page.getByRole('region', { name: 'Notices' })
  }

  /** The first news has come. */
  async ready(): Promise<void> {
    await expect(this.sharingBar).toBeVisible()
  }

  card(title: string): Locator {
    return this.main.getByRole('region', { name: title, exact: true })
  }

  notice(text: string | RegExp): Locator {
    return this.notices.locator('div').filter({ hasText: text }).first()
  }

  async goTo(screen: 'Home' | 'Guest apps' | 'Deploy' | 'Settings' | 'Diagnostics'): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: screen, exact: screen !== 'Guest apps' }).click()
  }

  /** By its label, as a pointer does: the box itself is only for those who cannot see it. */
  async toggle(box: Locator): Promise<void> {
    await box.locator('xpath=ancestor::label').click()
  }

  async choose(option: 'Light' | 'Dark' | 'English' | 'العربية'): Promise<void> {
    await this.page.getByRole('button', { name: /Language and display|اللغة/ }).click()
    await this.page.getByRole('menuitemradio', { name: option }).click()
    await this.page.keyboard.press('Escape')
  }
}
