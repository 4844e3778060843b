package dev.proxima.experiments.report;

/**
 * A plot of the report.
 *
 * @param file its name in the folder of plots, such as "reward.png"
 * @param title what it shows
 * @param caption how to read it
 * @param width in CSS pixels; the image has twice as many
 * @param png the image
 */
record Plot(String file, String title, String caption, int width, byte[] png) {}
