/** As the installer names it (`electron-builder.yml`): Windows shows the notifications of no other. */
export const appId = 'org.depin.desktop'
