/** A house laid out as ours is, in which each class breaks one rule; see {@code HouseRulesTest}. */
package io.quorate.violators;
