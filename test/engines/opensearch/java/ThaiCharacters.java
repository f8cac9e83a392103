import java.text.BreakIterator;
import java.text.spi.BreakIteratorProvider;
import java.util.Locale;

/** The package's Java has no Thai dictionary, without which the analysis module does not load: here each character is a word. */
public class ThaiCharacters extends BreakIteratorProvider {
  @Override
  public Locale[] getAvailableLocales() {
    return new Locale[] {Locale.of("th")};
  }

  @Override
  public BreakIterator getWordInstance(Locale locale) {
    return BreakIterator.getCharacterInstance(Locale.ROOT);
  }

  @Override
  public BreakIterator getLineInstance(Locale locale) {
    return BreakIterator.getLineInstance(Locale.ROOT);
  }

  @Override
  public BreakIterator getCharacterInstance(Locale locale) {
    return BreakIterator.getCharacterInstance(Locale.ROOT);
  }

  @Override
  public BreakIterator getSentenceInstance(Locale locale) {
    return BreakIterator.getSentenceInstance(Locale.ROOT);
  }
}
