"""The words of the Core Business Vocabulary 2.0 that may stand bare in EPCIS 2.0 JSON-LD.

Source: CBV 2.0, section 7; https://github.com/gs1/EPCIS, JSON-Schema/schemas, at 2b888be.
"""

from __future__ import annotations

from typing import Final


def _words(told: str) -> frozenset[str]:
    return frozenset(told.split())


ACTIONS: Final = frozenset({"ADD", "OBSERVE", "DELETE"})
STEPS: Final = _words(
    """accepting arriving assembling collecting commissioning consigning creating_class_instance
    cycle_counting decommissioning departing destroying disassembling dispensing encoding
    entering_exiting holding inspecting installing killing loading other packing picking receiving
    removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting
    shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping"""
)
DISPOSITIONS: Final = _words(
    """active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit
    inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement no_pedigree_match
    non_conformant non_sellable_other partially_dispensed recalled reserved retail_sold returned
    sellable_accessible sellable_not_accessible stolen unavailable unknown"""
)
PAPERS: Final = _words("""bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt""")
PARTIES: Final = frozenset({"location", "owning_party", "possessing_party"})
REASONS: Final = frozenset({"did_not_occur", "incorrect_data"})
COMPONENTS: Final = _words(
    """altitude axial_distance azimuth easting elevation_angle height latitude longitude northing
    polar_angle spherical_radius x y z"""
)
ALERTS: Final = frozenset({"ALARM_CONDITION", "ERROR_CONDITION"})
MEASUREMENTS: Final = _words(
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area
    Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent
    DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity
    ElectricFieldStrength Energy Exposure Force Frequency Illuminance Inductance Irradiance
    KinematicViscosity Length LinearMomentum Luminance LuminousFlux LuminousIntensity MagneticFlux
    MagneticFluxDensity MagneticVectorPotential Mass MassConcentration MassFlowRate MassPerAreaTime
    MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux
    RadiantIntensity Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume
    Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate
    VolumeFraction VolumetricFlux Wavenumber"""
)
# Full names of words that JSON-LD writes bare: two spellings of one word would be two words to a query.
CBV: Final = ("urn:epcglobal:cbv", "https://ns.gs1.org/cbv/", "http://ns.gs1.org/cbv/")
GS1_VOC: Final = (
    "https://gs1.org/voc/", "http://gs1.org/voc/", "https://www.gs1.org/voc/", "http://www.gs1.org/voc/",
)  # fmt: skip
