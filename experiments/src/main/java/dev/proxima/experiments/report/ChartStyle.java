package dev.proxima.experiments.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.series.Series;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;

/** The common look of the plots. */
final class ChartStyle {

  /** Image pixels per pixel of the layout. */
  static final int SCALE = 2;

  static final BasicStroke SOLID =
      new BasicStroke(2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
  static final BasicStroke DASHED =
      new BasicStroke(
          1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {6f, 4f}, 0f);
  static final BasicStroke THIN =
      new BasicStroke(1f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

  static final Marker FILLED = new Dot(true);
  static final Marker OPEN = new Dot(false);

  /** About what the vertical axis takes of a chart's width. */
  private static final int AXIS_WIDTH = 100;

  private static final int MIN_TICK_SPACING = 30;

  private static final int LEGEND_LINE = 34;

  /** About what stands around the line and the name of a legend's entry. */
  private static final int LEGEND_GAPS = 24;

  private static final Color INK = new Color(0x1f2328);
  private static final Color MUTED = new Color(0x59636e);
  private static final Color GRID = new Color(0xe4e8ec);

  /** Okabe and Ito's colours that read well as lines on white; safe for the colour-blind. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x0072b2),
          new Color(0xd55e00),
          new Color(0x009e73),
          new Color(0xcc79a7),
          new Color(0xe69f00),
          new Color(0x56b4e9));

  private ChartStyle() {}

  /** The colour of the run's method number {@code index}. */
  static Color colour(int index) {
    return COLOURS.get(index % COLOURS.size());
  }

  /** A lighter shade of a colour on white. */
  static Color faint(Color colour) {
    return new Color(
        lightened(colour.getRed()), lightened(colour.getGreen()), lightened(colour.getBlue()));
  }

  /** An empty chart in the common look. */
  static XYChart chart(Font font, int width, int height, String title, String x, String y) {
    XYChart chart = new XYChart(width, height);
    chart.setTitle(title);
    chart.setXAxisTitle(x);
    chart.setYAxisTitle(y);
    XYStyler styler = chart.getStyler();
    styler.setBaseFont(font.deriveFont(12f));
    styler.setChartTitleFont(font.deriveFont(17f));
    styler.setAxisTitleFont(font.deriveFont(13f));
    styler.setAxisTickLabelsFont(font.deriveFont(12f));
    styler.setLegendFont(font.deriveFont(12.5f));
    styler.setAnnotationTextFont(font.deriveFont(11.5f));
    styler.setAnnotationTextFontColor(INK);
    styler.setAnnotationLineColor(MUTED);
    styler.setAnnotationLineStroke(
        new BasicStroke(
            1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {2f, 3f}, 0f));
    styler.setLocale(Locale.ROOT);
    styler.setChartFontColor(INK);
    styler.setXAxisTitleColor(MUTED);
    styler.setYAxisTitleColor(MUTED);
    styler.setAxisTickLabelsColor(MUTED);
    styler.setAxisTickMarksColor(GRID.darker());
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(THIN);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setAxisTicksLineVisible(false);
    styler.setErrorBarsColorSeriesColor(true);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
    styler.setLegendSeriesLineLength(LEGEND_LINE);
    styler.setChartTitleBoxVisible(false);
    styler.setChartPadding(14);
    styler.setMarkerSize(9);
    styler.setYAxisTickMarkSpacingHint(48);
    styler.setYAxisLabelAlignment(TextAlignment.Right);
    return chart;
  }

  /** Makes the horizontal axis, from 0 to {@code last}, count iterations in whole numbers. */
  static void iterationAxis(XYChart chart, int last) {
    // A tick every iteration, or every few where there are many: a hint of a little less than one
    // iteration's width rules out fractions.
    double iteration = (double) (chart.getWidth() - AXIS_WIDTH) / Math.max(1, last);
    XYStyler styler = chart.getStyler();
    styler.setXAxisTickMarkSpacingHint((int) Math.max(MIN_TICK_SPACING, 0.75 * iteration));
    // Not a decimal pattern, with which XChart rounds the labels of ticks that it puts elsewhere.
    styler.setxAxisTickLabelsFormattingFunction(Numbers::plain);
  }

  /** Charts of equal height side by side, as one PNG. */
  static byte[] png(XYChart... charts) {
    int width = 0;
    for (XYChart chart : charts) {
      width += chart.getWidth();
    }
    int height = charts[0].getHeight();
    BufferedImage image =
        new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.scale(SCALE, SCALE);
    for (XYChart chart : charts) {
      fitLegend(chart, graphics.getFontRenderContext());
      chart.paint(graphics, chart.getWidth(), chart.getHeight());
      graphics.translate(chart.getWidth(), 0);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Puts the legend's entries below each other where they have no room side by side. */
  private static void fitLegend(XYChart chart, FontRenderContext context) {
    Font font = chart.getStyler().getLegendFont();
    double width =
        chart.getSeriesMap().values().stream()
            .filter(Series::isShowInLegend)
            .mapToDouble(series -> font.getStringBounds(series.getLabel(), context).getWidth())
            .map(name -> LEGEND_LINE + name + LEGEND_GAPS)
            .sum();
    if (width > chart.getWidth()) {
      chart.getStyler().setLegendLayout(LegendLayout.Vertical);
    }
  }

  private static int lightened(int channel) {
    return 255 - (255 - channel) * 3 / 10;
  }

  /** A round marker, filled for the policy that was trained and open for the extrapolated one. */
  private static final class Dot extends Marker {

    private final boolean filled;

    private Dot(boolean filled) {
      this.filled = filled;
    }

    @Override
    public void paint(Graphics2D graphics, double x, double y, int size) {
      graphics.setStroke(new BasicStroke(1.75f));
      Ellipse2D.Double dot = new Ellipse2D.Double(x - size / 2.0, y - size / 2.0, size, size);
      Color colour = graphics.getColor();
      if (!filled) {
        graphics.setColor(Color.WHITE);
      }
      graphics.fill(dot);
      graphics.setColor(colour);
      graphics.draw(dot);
    }
  }
}
