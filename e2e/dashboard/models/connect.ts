import type { Locator, Page } from '@playwright/test'

/** Connects two computers by a link. */
export class ConnectDialog {
  readonly dialog: Locator

  constructor(page: Page) {
    this.dialog = page.getByRole('dialog', { name: 'Connect computers' })
  }

  async invite(): Promise<string> {
    await this.dialog.getByRole('button', { name: 'Make an invite link' }).click()
    return await this.dialog.locator('code').innerText()
  }

  async join(link: string): Promise<void> {
    await this.dialog.getByRole('textbox', { name: 'Their invite link' }).fill(link)
    await this.dialog.getByRole('button', { name: 'Join' }).click()
  }
}
