#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/prng.h"
#include "base/test.h"

/* Bits of a number and what the reference's Java prints for it. */
struct scene {
    uint64_t bits;
    const char *text;
};

static const struct scene doubles[] = {
    { 0xba419d350dfe8af7u, "-4.446421636188976E-28" },
    { 0x610000000000000u, "1.7628851326804976E-279" },
    { 0x40487126e978d4feu, "48.884" },
    { 0x83ce3f12bbb4bu, "1.145614476723466E-308" },
    { 0x43d1bba760ad4b21u, "5.111195811822994E18" },
    { 0x3fe54c2d50bb0864u, "0.6655489517945736" },
    { 0xe74367bd738597dcu, "-2.70188080721057E189" },
    { 0x7510000000000000u, "7.5075168288047E255" },
    { 0x405212b020c49ba6u, "72.292" },
    { 0x76cf7b0bfbe20u, "1.032664350766436E-308" },
    { 0x43ddac800430c616u, "8.552898714322622E18" },
    { 0x3fe90d8807fc450fu, "0.7829017787900358" },
    { 0xeb5910f126e6bc6fu, "-1.2876124188040096E209" },
    { 0x2e50000000000000u, "1.2868893973670072E-85" },
    { 0x404f74dd2f1a9fbeu, "62.913" },
    { 0x9d9d5ee3dd852u, "1.3699391154889257E-308" },
    { 0x43d8bd82f6f31721u, "7.130900098642118E18" },
    { 0x3fc6b45684d148f0u, "0.17737847790937833" },
    { 0x982750f4569b5949u, "-2.555236359312043E-192" },
    { 0x2070000000000000u, "1.909335227187253E-152" },
    { 0x4056c570a3d70a3du, "91.085" },
    { 0x27ff25d7b347fu, "3.476388573212275E-309" },
    { 0x43c60b3ccc944ecbu, "3.176860285874837E18" },
    { 0x3fe2cc3482318166u, "0.5874273817862956" },
    { 0xc053e996a4c46c02u, "-79.64981955701663" },
    { 0x4380000000000000u, "1.4411518807585587E17" },
    { 0x4029795810624dd3u, "12.737" },
    { 0xc82ee1735c9edu, "1.7399306411916657E-308" },
    { 0xc3cfadc10899c6ebu, "-4.565385657661118E18" },
    { 0x3fa0160d28842350u, "0.03141823882658079" },
    { 0x5ba0a3f332f702b1u, "2.362286850704562E133" },
    { 0x3e70000000000000u, "5.960464477539063E-8" },
    { 0x405030624dd2f1aau, "64.756" },
    { 0xd9210c5004375u, "1.88721980960348E-308" },
    { 0xc39a966373ad68edu, "-4.789570099936121E17" },
    { 0x3fe6d4395c4399b5u, "0.7134062578232291" },
    { 0x7b06ee52df9a8487u, "4.26233917795445E284" },
    { 0x7950000000000000u, "2.2158278651204453E276" },
    { 0x403a99db22d0e560u, "26.601" },
    { 0xa088b988bd7d5u, "1.3953132308248344E-308" },
    { 0xc3c6fa1fa1e7d729u, "-3.311341186503824E18" },
    { 0x3fe45f64630705a3u, "0.636644547856282" },
    { 0x5e7ebf2c22eca89bu, "1.5357388158539992E147" },
    { 0x7040000000000000u, "4.968057895362269E232" },
    { 0x4024dba5e353f7cfu, "10.429" },
    { 0x5f2e9a617570au, "8.272932657820493E-309" },
    { 0x43dd44aeed2c8ac2u, "8.436011436776032E18" },
    { 0x3fde4086ef37050au, "0.4726884208758554" },
    { 0x7811dc308c868164u, "2.3588503753624405E270" },
    { 0x3a80000000000000u, "6.462348535570529E-27" },
    { 0x404c922d0e560419u, "57.142" },
    { 0xa011e0d75d1a3u, "1.391278163935684E-308" },
    { 0xc3c543df029b0eaeu, "-3.0646270010409196E18" },
    { 0x3fdd75a8dc2e15b8u, "0.46030637266116115" },
    { 0x47d390c6a1a21a80u, "1.0402820556218685E38" },
    { 0x1cc0000000000000u, "3.312168642111238E-170" },
    { 0x402a970a3d70a3d7u, "13.295" },
    { 0x4dd0df6658a2eu, "6.763521268348293E-309" },
    { 0xc3c1312cda4263d8u, "-2.4776413768638587E18" },
    { 0x3fdf244d28c547aau, "0.48659066182619404" },
    { 0x1u, "4.9E-324" },
    { 0x2u, "9.9E-324" },
    { 0x3f60624dd2f1a9fcu, "0.002" },
    { 0x3f50624dd2f1a9fcu, "0.001" },
    { 0x3f5061e273273f09u, "9.999E-4" },
    { 0x416312d000000000u, "1.0E7" },
    { 0x416312cfe0000000u, "9999999.0" },
    { 0x44b52d02c7e14af6u, "1.0E23" },
    { 0x44c52d02c7e14af6u, "2.0E23" },
    { 0x4480f0cf064dd592u, "1.0E22" },
    { 0x4340000000000000u, "9.007199254740992E15" },
    { 0x40fe240c9fbe76c9u, "123456.789" },
    { 0x3fb999999999999au, "0.1" },
    { 0x3fd3333333333333u, "0.3" },
    { 0x4059000000000000u, "100.0" },
    { 0x444b1ae4d6e2ef50u, "1.0E21" },
    { 0x3u, "1.5E-323" },
    { 0x7fefffffffffffffu, "1.7976931348623157E308" },
    { 0x10000000000000u, "2.2250738585072014E-308" },
    { 0xfffffffffffffu, "2.225073858507201E-308" },
    { 0x4341c37937e08000u, "1.0E16" },
    { 0x8000000000000000u, "-0.0" },
    { 0x0u, "0.0" },
    { 0x4202a05f20000000u, "1.0E10" },
    { 0x3f50624dd2f1a9fcu, "0.001" },
    { 0x41678c29dccccccdu, "1.23456789E7" },
};

static const struct scene floats[] = {
    { 0x6bc4cd5du, "4.7583852E26" },
    { 0x3b800000u, "0.00390625" },
    { 0x429b1062u, "77.532" },
    { 0x7467dbu, "1.0690174E-38" },
    { 0x3f3329efu, "0.6998586" },
    { 0xa18ba62fu, "-9.462995E-19" },
    { 0x39000000u, "1.2207031E-4" },
    { 0x427cfbe7u, "63.246" },
    { 0x55b577u, "7.871114E-39" },
    { 0x3eafd8a2u, "0.34344965" },
    { 0x5efaa97cu, "9.031052E18" },
    { 0x7a800000u, "3.32307E35" },
    { 0x40f31aa0u, "7.597" },
    { 0x60b3c7u, "8.8807E-39" },
    { 0x3f4e4462u, "0.80573094" },
    { 0x406f233du, "3.7365258" },
    { 0x4b000000u, "8388608.0" },
    { 0x42672e14u, "57.795" },
    { 0x5603ddu, "7.899239E-39" },
    { 0x3deb5310u, "0.11490452" },
    { 0xb27ee48du, "-1.4836712E-8" },
    { 0x75800000u, "3.2451855E32" },
    { 0x420bd4feu, "34.958" },
    { 0x242237u, "3.318352E-39" },
    { 0x3e48dac4u, "0.19614702" },
    { 0x2bc13e38u, "1.3730744E-12" },
    { 0x28800000u, "1.4210855E-14" },
    { 0x418f624eu, "17.923" },
    { 0x403c22u, "5.899043E-39" },
    { 0x3f47e254u, "0.78079724" },
    { 0x76a155a0u, "1.636126E33" },
    { 0x31800000u, "3.7252903E-9" },
    { 0x41d1e76du, "26.238" },
    { 0x395478u, "5.264925E-39" },
    { 0x3f0a3781u, "0.5399094" },
    { 0xcbc88dc0u, "-2.6286976E7" },
    { 0x51800000u, "6.871948E10" },
    { 0x4292e24eu, "73.442" },
    { 0x526ee7u, "7.570295E-39" },
    { 0x3dbdd5c0u, "0.09269285" },
    { 0x7f50d0bbu, "2.7756321E38" },
    { 0x72000000u, "2.5353012E30" },
    { 0x4262e24eu, "56.721" },
    { 0x29b4f6u, "3.830172E-39" },
    { 0x3d1570c0u, "0.03648448" },
    { 0x77fade46u, "1.01764254E34" },
    { 0x21800000u, "8.6736174E-19" },
    { 0x429a2f9eu, "77.093" },
    { 0x31943eu, "4.553119E-39" },
    { 0x3e8801dau, "0.26563913" },
    { 0x6550f07du, "6.166803E22" },
    { 0x22000000u, "1.7347235E-18" },
    { 0x40a0ac08u, "5.021" },
    { 0x5fa2a6u, "8.78272E-39" },
    { 0x3ec4ebb6u, "0.38461083" },
    { 0xd13f3576u, "-5.132723E10" },
    { 0x19000000u, "6.617445E-24" },
    { 0x42249aa0u, "41.151" },
    { 0x3d3c4cu, "5.623596E-39" },
    { 0x3f33b933u, "0.70204467" },
    { 0x1u, "1.4E-45" },
    { 0x2u, "2.8E-45" },
    { 0x4b189680u, "1.0E7" },
    { 0x4b18967fu, "9999999.0" },
    { 0x3a83126fu, "0.001" },
    { 0x3e934b11u, "0.2876821" },
    { 0x4b800000u, "1.6777216E7" },
    { 0x7f7fffffu, "3.4028235E38" },
    { 0x800000u, "1.1754944E-38" },
    { 0x4c000000u, "3.3554432E7" },
    { 0x50000000u, "8.589935E9" },
    { 0x501502f9u, "1.0E10" },
    { 0x3b03126fu, "0.002" },
    { 0x3dcccccdu, "0.1" },
    { 0x3f8ccccdu, "1.1" },
};

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

TEST(number, doubles_print_as_java)
{
    char text[QD_NUMBER_TEXT_MAX];
    for (size_t i = 0; i < sizeof(doubles) / sizeof(*doubles); i++) {
        assert_slice(qd_slice_make(text, qd_double_to_text(double_of(doubles[i].bits), text)),
                     doubles[i].text);
    }
    assert_slice(qd_slice_make(text, qd_double_to_text((double)NAN, text)), "NaN");
    assert_slice(qd_slice_make(text, qd_double_to_text(-(double)INFINITY, text)), "-Infinity");
}

TEST(number, floats_print_as_java)
{
    char text[QD_NUMBER_TEXT_MAX];
    for (size_t i = 0; i < sizeof(floats) / sizeof(*floats); i++) {
        float value = float_of((uint32_t)floats[i].bits);
        assert_slice(qd_slice_make(text, qd_float_to_text(value, text)), floats[i].text);
    }
}

TEST(number, what_is_printed_reads_back)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 7);
    for (int i = 0; i < 20000; i++) {
        char text[QD_NUMBER_TEXT_MAX];
        double value = double_of(qd_prng_next(&prng)), back = 0;
        if (isnan(value)) continue;
        assert_true(qd_parse_double(qd_slice_make(text, qd_double_to_text(value, text)), &back));
        assert_true(value == back);
        float single = float_of((uint32_t)qd_prng_next(&prng)), single_back = 0;
        if (isnan(single)) continue;
        assert_true(qd_parse_float(qd_slice_make(text, qd_float_to_text(single, text)), &single_back));
        assert_true(single == single_back);
    }
}

/* The nearest decimal with the fewest digits that reads back, found by printing and reading. */
TEST(number, floats_have_the_fewest_digits)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 11);
    for (int i = 0; i < 100000; i++) {
        char text[QD_NUMBER_TEXT_MAX + 1], expected[64];
        /* Exponents of 1e-12 to 1e17, where scores are. */
        uint64_t drawn = qd_prng_next(&prng);
        uint32_t bits = (uint32_t)(drawn & 0x7fffff) | (uint32_t)(87 + (drawn >> 32) % 97) << 23;
        float value = float_of(bits);
        if ((bits & 0x7fffff) == 0) continue;
        text[qd_float_to_text(value, text)] = '\0';
        for (int digits = 1; digits <= 9; digits++) {
            snprintf(expected, sizeof(expected), "%.*e", digits - 1, (double)value);
            if (strtof(expected, NULL) == value) break;
        }
        assert_true(strtod(text, NULL) == strtod(expected, NULL));
    }
}

TEST(number, longs_parse_as_java)
{
    int64_t value = 0;
    assert_true(qd_parse_int64(QD_SLICE("-9223372036854775808"), &value) && value == INT64_MIN);
    assert_true(qd_parse_int64(QD_SLICE("+007"), &value) && value == 7);
    assert_false(qd_parse_int64(QD_SLICE("9223372036854775808"), &value));
    assert_false(qd_parse_int64(QD_SLICE(" 1"), &value));
    assert_false(qd_parse_int64(QD_SLICE("-"), &value));
    assert_false(qd_parse_int64(QD_SLICE(""), &value));
    assert_true(qd_parse_decimal_int64(QD_SLICE("12.50e1"), &value) && value == 125);
    assert_true(qd_parse_decimal_int64(QD_SLICE("-9223372036854775808.0"), &value) && value == INT64_MIN);
    assert_true(qd_parse_decimal_int64(QD_SLICE("0e99999999999999999999"), &value) && value == 0);
    assert_false(qd_parse_decimal_int64(QD_SLICE("1.5"), &value));
    assert_false(qd_parse_decimal_int64(QD_SLICE("9223372036854775808"), &value));
    assert_false(qd_parse_decimal_int64(QD_SLICE("1e19"), &value));
}

TEST(number, doubles_parse_as_java)
{
    double value = 0;
    assert_true(qd_parse_double(QD_SLICE(" 1.5d "), &value) && value == 1.5);
    assert_true(qd_parse_double(QD_SLICE(".5"), &value) && value == 0.5);
    assert_true(qd_parse_double(QD_SLICE("5.f"), &value) && value == 5);
    assert_true(qd_parse_double(QD_SLICE("-Infinity"), &value) && value == -(double)INFINITY);
    assert_true(qd_parse_double(QD_SLICE("NaN"), &value) && isnan(value));
    assert_true(qd_parse_double(QD_SLICE("0x1.8p1"), &value) && value == 3);
    assert_true(qd_parse_double(QD_SLICE("1e400"), &value) && isinf(value));
    assert_false(qd_parse_double(QD_SLICE("0x1.8"), &value));
    assert_false(qd_parse_double(QD_SLICE("inf"), &value));
    assert_false(qd_parse_double(QD_SLICE("nan"), &value));
    assert_false(qd_parse_double(QD_SLICE("1e"), &value));
    assert_false(qd_parse_double(QD_SLICE("."), &value));
    assert_false(qd_parse_double(QD_SLICE("1,5"), &value));
}

TEST(number, sortable_maps_keep_the_order)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 8);
    for (int i = 0; i < 20000; i++) {
        double a = double_of(qd_prng_next(&prng)), b = double_of(qd_prng_next(&prng));
        if (isnan(a) || isnan(b)) continue;
        assert_int_equal(a < b, qd_double_to_sortable(a) < qd_double_to_sortable(b));
        assert_true(qd_double_from_sortable(qd_double_to_sortable(a)) == a);
        float c = (float)a, d = (float)b;
        if (c < d) assert_true(qd_float_to_sortable(c) < qd_float_to_sortable(d));
        assert_true(qd_float_from_sortable(qd_float_to_sortable(c)) == c);
    }
    assert_true(qd_double_to_sortable(-0.0) < qd_double_to_sortable(0.0));
}

TEST(number, every_half_float_survives)
{
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        float value = qd_half_to_float((uint16_t)bits);
        if (isnan(value)) continue;
        assert_int_equal(qd_half_from_float(value), bits);
        assert_true(qd_half_from_sortable(qd_half_to_sortable(value)) == value);
    }
    assert_int_equal(qd_half_from_float(65520.0f), 0x7c00);
    assert_int_equal(qd_half_from_float(65519.0f), 0x7bff);
    assert_int_equal(qd_half_from_float(1.0f + 0x1p-11f), 0x3c00);
    assert_int_equal(qd_half_from_float(1.0f + 3 * 0x1p-11f), 0x3c02);
    assert_int_equal(qd_half_from_float(0x1p-25f), 0);
    assert_int_equal(qd_half_from_float(0x1.8p-25f), 1);
}
