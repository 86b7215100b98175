/** Puts language, theme and size on the document, where the stylesheet and screen readers look for them. */
import { settings, text } from '../lab/index.ts';

export function followSettings(): void {
  const apply = (): void => {
    const { lang, theme, size } = settings.getState();
    const { documentElement: root } = document;
    root.lang = lang === 'zh' ? 'zh-CN' : 'en';
    if (theme === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = theme;
    root.dataset['size'] = size;
    document.title = text(lang, 'app.title');
  };
  settings.subscribe(apply);
  apply();
}
